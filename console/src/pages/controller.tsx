import { PageHead } from '../ui/page-head.tsx'

export default function Controller() {
  return <PageHead title="Controller" />
}
