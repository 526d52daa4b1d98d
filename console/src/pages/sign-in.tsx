import { PageHead } from '../ui/page-head.tsx'

export default function SignIn() {
  return <PageHead title="SignIn" />
}
