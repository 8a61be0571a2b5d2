import { button, byId, h } from './dom.ts';

let timer: number | undefined;

/** Said to everybody, screen readers included, for a moment. */
export function announce(text: string): void {
  const toast = byId('toast');
  toast.textContent = text;
  toast.dataset['shown'] = '';
  clearTimeout(timer);
  timer = setTimeout(() => delete toast.dataset['shown'], 4_000);
}

/** Where the browser does not let a page write to the clipboard, the text is shown to be copied by hand. */
export async function copyText(text: string, what: string, hint = ''): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    announce(`Copied ${what}.${hint}`);
  } catch {
    showText(what, text, null);
  }
}

/** A text in a dialog. */
export function showText(title: string, text: string, note: string | null): void {
  const dialog = h('dialog', { attrs: { 'aria-label': title } });
  dialog.append(
    h(
      'header',
      {},
      h('h3', {}, title),
      button('Close', () => dialog.close(), { class: 'plain' }),
    ),
    note === null ? '' : h('p', { class: 'quiet' }, note),
    h('pre', { class: 'code', attrs: { tabindex: '0' } }, text),
    h(
      'footer',
      {},
      button('Copy', () => void copyText(text, 'the command'), { class: 'primary' }),
    ),
  );
  dialog.addEventListener('close', () => dialog.remove());
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  // Escape is for the dialog, not for the page behind it.
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
}
