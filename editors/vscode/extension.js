// Starts `cio lsp` and lets VS Code talk to it: all that the editor can do is in the server.
"use strict";

const vscode = require("vscode");
const { LanguageClient, TransportKind } = require("vscode-languageclient/node");

let client;

function command() {
  const [program, ...args] = vscode.workspace.getConfiguration("cio").get("command");
  return { command: program, args, transport: TransportKind.stdio };
}

async function start() {
  const server = command();
  client = new LanguageClient(
    "cio",
    "cio",
    { run: server, debug: server },
    {
      documentSelector: [
        { scheme: "file", language: "journey" },
        { scheme: "file", pattern: "**/templates/*.email.md" },
      ],
      synchronize: {
        fileEvents: vscode.workspace.createFileSystemWatcher(
          "**/{cio.toml,journeys/**/*.journey,scenarios/**/*.scenario,templates/*.email.md}"
        ),
      },
    }
  );
  try {
    await client.start();
  } catch (error) {
    const words = `\`${[server.command, ...server.args].join(" ")}\` could not be started.`;
    const help = 'Install it: pip install "cio-lang[lsp]", or set cio.command.';
    vscode.window.showErrorMessage(`${words} ${help} (${error.message})`);
  }
}

async function stop() {
  if (client && client.isRunning()) {
    await client.stop();
  }
  client = undefined;
}

async function activate(context) {
  context.subscriptions.push(
    vscode.commands.registerCommand("cio.restart", async () => {
      await stop();
      await start();
    })
  );
  await start();
}

module.exports = { activate, deactivate: stop };
