interface SidebarToggleProps {
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** Shows and hides the sidebar on a phone. */
export function SidebarToggle({ open, onToggle }: SidebarToggleProps) {
  return (
    <button
      type="button"
      className="button sidebar-toggle"
      aria-expanded={open}
      aria-controls="sidebar"
      aria-label="Channels"
      onClick={onToggle}
    >
      ☰
    </button>
  );
}
