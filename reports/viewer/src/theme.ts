import { isDark } from './colours';
import { element } from './dom';

/** The system's setting decides until the button is pressed. */
export function startTheme(changed: () => void): void {
  const button = element<HTMLButtonElement>('theme');
  const say = () => {
    button.textContent = isDark() ? 'Light' : 'Dark';
    button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours');
  };
  button.addEventListener('click', () => {
    document.documentElement.dataset['theme'] = isDark() ? 'light' : 'dark';
    say();
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    say();
    changed();
  });
  say();
}
