/** The workspace's programs against kernels, for the page that shows them. */
import { MATRIX_CHANGED_NOTIFICATION, MATRIX_CLOSED_NOTIFICATION, MATRIX_EXPORT_REQUEST, MATRIX_REQUEST, type MatrixExportParams, type MatrixInfo } from '../messages.js';
import type { HandlerSet } from './handlerSet.js';

export const matrixHandlers: HandlerSet = {
  register({ connection, service, ofFacts }) {
    const { matrix, guard } = service;
    const start = ofFacts('matrix', (facts): MatrixInfo => matrix.start(facts, (change) => void connection.sendNotification(MATRIX_CHANGED_NOTIFICATION, change)));
    connection.onRequest(MATRIX_REQUEST, start);
    connection.onRequest(MATRIX_EXPORT_REQUEST, ofFacts('matrixExport', (_facts, params: MatrixExportParams): string => matrix.export(params)));
    connection.onNotification(MATRIX_CLOSED_NOTIFICATION, () => guard.notification('matrixClosed', () => matrix.stop()));
  },
};
