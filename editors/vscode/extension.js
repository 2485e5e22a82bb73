// Starts `quirkc lsp`, and shows maps.
const vscode = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');

let client;

async function showMap() {
    const editor = vscode.window.activeTextEditor;
    if (!editor || !client) {
        return;
    }
    try {
        const answer = await client.sendRequest('quirk/map', {
            textDocument: { uri: editor.document.uri.toString() },
            position: editor.selection.active,
        });
        const document = await vscode.workspace.openTextDocument({ content: answer.text });
        await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: true });
    } catch (problem) {
        vscode.window.showErrorMessage(problem.message);
    }
}

exports.activate = (context) => {
    const command = vscode.workspace.getConfiguration('quirk').get('path');
    client = new LanguageClient('quirk', 'quirk', { command, args: ['lsp'] }, {
        documentSelector: [{ language: 'quirk' }, { pattern: '**/quirkc.toml' }],
    });
    context.subscriptions.push(vscode.commands.registerCommand('quirk.showMap', showMap));
    return client.start();
};

exports.deactivate = () => client?.stop();
