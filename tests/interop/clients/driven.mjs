// What the TypeScript clients have in common; session.py says how they are driven.

import { createInterface } from 'node:readline';

const say = message => process.stdout.write(JSON.stringify(message) + '\n');

/** What to connect to: {command, args, env}. */
export const server = JSON.parse(process.argv.at(-1));

/** Does what standard input says until it ends. `callTool(params, options)` differs between the SDKs. */
export async function drive({ client, protocol, callTool }) {
    const aborts = new Map();

    async function answer({ id, do: action, tool, arguments: args, call }) {
        try {
            if (action === 'list') return say({ id, result: await client.listTools() });
            if (action === 'cancel') {
                aborts.get(call).abort('cancelled');
                return say({ id, result: {} });
            }
            const abort = new AbortController();
            aborts.set(id, abort);
            const onprogress = progress => say({ id, progress });
            const options = { onprogress, signal: abort.signal, timeout: 120_000 };
            say({ id, result: await callTool({ name: tool, arguments: args }, options) });
        } catch (error) {
            say({ id, error: { code: error?.code, message: String(error?.message ?? error) } });
        }
    }

    say({ id: 0, result: { protocol, server: client.getServerVersion(), instructions: client.getInstructions() } });
    for await (const line of createInterface({ input: process.stdin })) answer(JSON.parse(line));
    await client.close();
    process.exit();
}
