import { PageHead } from '../ui/page-head.tsx'

export default function Keys() {
  return <PageHead title="Keys" />
}
