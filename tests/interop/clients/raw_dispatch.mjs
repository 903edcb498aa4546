// What the SDK's package for tasks asks its host for: requests whose results the SDK itself does not know.

/** A function that sends a request over the client's own transport, and takes its answer before the SDK sees it. */
export function rawDispatch(client, transport) {
    const waiting = new Map();
    const { onmessage } = transport;
    transport.onmessage = (message, extra) => {
        const settle = message.method === undefined && waiting.get(message.id);
        if (!settle) return onmessage(message, extra);
        waiting.delete(message.id);
        settle(message.error ? { kind: 'error', error: message.error } : { kind: 'result', result: message.result });
    };
    let count = 0;
    return (request, { signal, context } = {}) =>
        new Promise((resolve, reject) => {
            const id = `raw-${++count}`;
            waiting.set(id, resolve);
            transport.send({ jsonrpc: '2.0', id, ...request }, { headers: context?.headers, requestSignal: signal }).catch(reject);
        });
}
