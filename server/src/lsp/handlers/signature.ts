/** Signature help: asked anew at each `(` and `,`, and while it is shown at each key. */
import type { ParameterInformation, SignatureHelp, SignatureHelpParams } from 'vscode-languageserver';
import { signature, type SignatureInfo } from '../../features/signature/signature.js';
import type { ClientAbilities } from '../fromProtocol.js';
import { toMarkup } from '../toProtocol.js';
import type { HandlerSet } from './handlerSet.js';

export const signatureHandlers: HandlerSet = {
  register({ connection, about, client }) {
    connection.onSignatureHelp(
      about('signatureHelp', ({ unit, text }, { position }: SignatureHelpParams) => {
        const info = unit.settings.completion === 'off' ? undefined : signature(unit, text.offsetAt(position));
        return info === undefined ? null : toSignatureHelp(info, client());
      }),
    );
  },
};

function toSignatureHelp(info: SignatureInfo, client: ClientAbilities): SignatureHelp {
  const parameters = info.parameters.map(
    ({ start, end, sections }): ParameterInformation => ({
      label: client.signatureOffsets ? [start, end] : info.label.slice(start, end),
      ...(sections.length > 0 ? { documentation: toMarkup(sections, client.signatureMarkdown) } : {}),
    }),
  );
  // A client that knows no "none" is given an index behind the last, which editors show as none.
  const none = client.noActiveParameter ? null : parameters.length;
  return {
    signatures: [{ label: info.label, parameters, ...(info.sections.length > 0 ? { documentation: toMarkup(info.sections, client.signatureMarkdown) } : {}) }],
    activeSignature: 0,
    activeParameter: (info.active ?? none) as SignatureHelp['activeParameter'],
  };
}
