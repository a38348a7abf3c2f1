/** A control of a form, with its label and a hint. */
import type { ComponentChildren, TargetedEvent } from "preact"
import { useId } from "preact/hooks"

interface Described {
  readonly label: string
  readonly hint?: ComponentChildren
}

interface TextProps extends Described {
  readonly value: string
  readonly onValue: (value: string) => void
  readonly type?: "text" | "password" | "search" | "url" | "number"
  readonly required?: boolean
  readonly placeholder?: string
  readonly pattern?: string
  readonly min?: number
  readonly max?: number
}

/** Secrets and names are nothing for a browser's memory or its spelling. */
const plain = { autocomplete: "off", autocapitalize: "off", spellcheck: false } as const

const Labelled = (
  { children, hint, id, label }: Described & { readonly id: string; readonly children: ComponentChildren }
) => (
  <div class="field">
    <label for={id}>{label}</label>
    {children}
    {hint === undefined ? null : <p class="hint" id={`${id}-hint`}>{hint}</p>}
  </div>
)

const describedBy = (id: string, hint: ComponentChildren) =>
  hint === undefined ? {} : { "aria-describedby": `${id}-hint` }

/** Roles depend on the type, so that types of inputs do too. */
const Input = ({ type, ...props }: Omit<TextProps, keyof Described | "onValue"> & {
  readonly id: string
  readonly onInput: (event: TargetedEvent<HTMLInputElement>) => void
}) => {
  switch (type) {
    case "password":
      return <input {...plain} {...props} type="password" />
    case "number":
      return <input {...plain} {...props} type="number" />
    case "search":
      return <input {...plain} {...props} type="search" />
    case "url":
      return <input {...plain} {...props} type="url" />
    default:
      return <input {...plain} {...props} type="text" />
  }
}

/** A line of text. */
export const TextField = ({ hint, label, onValue, ...rest }: TextProps) => {
  const id = useId()
  return (
    <Labelled hint={hint} id={id} label={label}>
      <Input
        {...rest}
        {...describedBy(id, hint)}
        id={id}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    </Labelled>
  )
}

interface AreaProps extends Described {
  readonly value: string
  readonly onValue: (value: string) => void
  readonly rows: number
  readonly required?: boolean
  readonly placeholder?: string
  readonly code?: boolean
}

/** Several lines. */
export const AreaField = ({ code = false, hint, label, onValue, ...rest }: AreaProps) => {
  const id = useId()
  return (
    <Labelled hint={hint} id={id} label={label}>
      <textarea
        {...plain}
        {...rest}
        {...describedBy(id, hint)}
        class={code ? "code" : ""}
        id={id}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    </Labelled>
  )
}

interface ChoiceProps<Value extends string> extends Described {
  readonly value: Value
  readonly onValue: (value: Value) => void
  readonly options: ReadonlyArray<readonly [value: Value, text: string]>
}

/** One of several. */
export const ChoiceField = <Value extends string>({ hint, label, onValue, options, value }: ChoiceProps<Value>) => {
  const id = useId()
  const choose = ({ currentTarget }: TargetedEvent<HTMLSelectElement>) => {
    const chosen = options.find(([option]) => option === currentTarget.value)
    if (chosen !== undefined) onValue(chosen[0])
  }
  return (
    <Labelled hint={hint} id={id} label={label}>
      <select {...describedBy(id, hint)} id={id} onChange={choose} value={value}>
        {options.map(([option, text]) => <option key={option} value={option}>{text}</option>)}
      </select>
    </Labelled>
  )
}

interface CheckProps extends Described {
  readonly checked: boolean
  readonly onChecked: (checked: boolean) => void
}

/** Yes or no. */
export const CheckField = ({ checked, hint, label, onChecked }: CheckProps) => {
  const id = useId()
  return (
    <div class="field check">
      <input
        {...describedBy(id, hint)}
        checked={checked}
        id={id}
        onChange={({ currentTarget }) => onChecked(currentTarget.checked)}
        type="checkbox"
      />
      <label for={id}>{label}</label>
      {hint === undefined ? null : <p class="hint" id={`${id}-hint`}>{hint}</p>}
    </div>
  )
}
