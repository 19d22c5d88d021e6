import type { User } from '../../protocol.ts';

/** A picture of somebody: the initial, or perfbot's mark for apps. */
export function Avatar({ user }: { readonly user: User | undefined }) {
  if (user?.isBot === true) {
    return (
      <svg className="avatar" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" className="avatar-mark" />
        <path d="M5 18h5l3-9 6 15 3-6h5" />
      </svg>
    );
  }
  return (
    <span className="avatar" aria-hidden="true">
      {user?.realName.charAt(0).toUpperCase() ?? 'i'}
    </span>
  );
}
