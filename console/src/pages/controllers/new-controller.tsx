import { PageHead } from '../../ui/page-head.tsx'

export default function NewController() {
  return <PageHead title="Take a controller in" />
}
