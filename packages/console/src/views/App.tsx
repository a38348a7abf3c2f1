/** The page: whoever has nothing open is welcomed, everybody else is in the shell. */
import { session } from "../state/Session.ts"
import { Shell } from "./Shell.tsx"
import { Welcome } from "./Welcome.tsx"

/** All of it. */
export const App = () => session.value === undefined ? <Welcome /> : <Shell about={session.value} />
