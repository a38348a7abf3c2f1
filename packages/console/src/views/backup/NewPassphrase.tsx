/** A passphrase that is chosen: typed twice, because nobody sees it. */
import { useState } from "preact/hooks"
import { TextField } from "../../ui/Field.tsx"

interface NewPassphraseProps {
  /** Is given the passphrase; the empty text as long as the two are not the same. */
  readonly onValue: (passphrase: string) => void
}

/** The two fields. */
export const NewPassphrase = ({ onValue }: NewPassphraseProps) => {
  const [first, setFirst] = useState("")
  const [second, setSecond] = useState("")
  const set = (one: string, other: string) => {
    setFirst(one)
    setSecond(other)
    onValue(one === other ? one : "")
  }
  const differs = second !== "" && first !== second
  return (
    <>
      <TextField
        hint="Long is better than strange: five random words."
        label="New passphrase"
        onValue={(text) => set(text, second)}
        required
        type="password"
        value={first}
      />
      <TextField
        hint={differs ? "This is not the same." : "It is kept nowhere: nobody can tell it to you again."}
        label="The same again"
        onValue={(text) => set(first, text)}
        required
        type="password"
        value={second}
      />
    </>
  )
}
