/** Keystead's mark: a house with a keyhole. */

/** As high as the text beside it. */
export const Mark = () => (
  <svg aria-hidden="true" class="mark" viewBox="0 0 512 512">
    <rect class="mark-ground" height="512" rx="112" width="512" />
    <g class="mark-lines">
      <path d="M112 236 256 116l144 120v148a20 20 0 0 1-20 20H132a20 20 0 0 1-20-20z" />
      <circle cx="256" cy="268" r="38" />
      <path d="M256 306v54m0-20h30" />
    </g>
  </svg>
)
