import { button, byId, h } from './dom.ts';

let timer: number | undefined;

/** Said to everybody, screen readers included, for a moment. */
function announce(text: string): void {
  const toast = byId('toast');
  // What is outside an open dialog lies below it, and is silent.
  (document.querySelector('dialog[open]') ?? document.body).append(toast);
  toast.textContent = text;
  toast.dataset['shown'] = '';
  clearTimeout(timer);
  timer = setTimeout(() => delete toast.dataset['shown'], 4_000);
}

/** A browser may forbid it, and does on a page that came by plain HTTP from another machine. */
async function isCopied(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Where the browser does not let a page write to the clipboard, the text is shown to be copied by hand. */
export async function copyText(text: string, what: string, hint = ''): Promise<void> {
  if (await isCopied(text)) announce(`Copied ${what}.${hint}`);
  else showText(`Copy ${what}`, text, `This page may not copy here: the text is selected, copy it by hand.${hint}`, null);
}

/** A text in a dialog. `what` is copied by its button; null: the text is selected instead, and there is no button. */
export function showText(title: string, text: string, note: string, what: string | null): void {
  const code = h('pre', { class: 'code', attrs: { tabindex: '0' } }, text);
  const copy = async (): Promise<void> => {
    if (await isCopied(text)) {
      announce(`Copied ${what}.`);
      return;
    }
    getSelection()?.selectAllChildren(code);
    announce('This page may not copy here: the text is selected, copy it by hand.');
  };
  const dialog = h(
    'dialog',
    { attrs: { 'aria-label': title } },
    h(
      'header',
      {},
      h('h3', {}, title),
      button('Close', () => dialog.close(), { class: 'plain' }),
    ),
    h('p', { class: 'quiet' }, note),
    code,
    what !== null &&
      h(
        'footer',
        {},
        button('Copy', () => void copy(), { class: 'primary' }),
      ),
  );
  dialog.addEventListener('close', () => {
    document.body.append(byId('toast'));
    dialog.remove();
  });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
  // Escape is for the dialog, not for the page behind it.
  dialog.addEventListener('keydown', (event) => event.stopPropagation());
  document.body.append(dialog);
  dialog.showModal();
  if (what === null) getSelection()?.selectAllChildren(code);
}
