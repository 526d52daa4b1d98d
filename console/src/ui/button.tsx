import type { ButtonHTMLAttributes } from 'react'
import { Spinner } from './waiting.tsx'

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly tone?: 'plain' | 'quiet' | 'danger'
  /** While its act is under way: the button stays, says so and takes no second press. */
  readonly pending?: boolean
}

export const Button = ({
  tone = 'plain',
  pending = false,
  disabled = false,
  className = '',
  children,
  ...rest
}: ButtonProps) => (
  <button
    type="button"
    {...rest}
    className={`button ${tone === 'plain' ? '' : tone} ${className}`.trim()}
    disabled={disabled || pending}
    aria-busy={pending}
  >
    {pending && <Spinner />}
    {children}
  </button>
)
