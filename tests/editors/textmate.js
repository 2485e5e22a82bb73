// The scopes that the TextMate grammar gives to the words of a text, by the engine of VS Code: `textmate.js GRAMMAR TEXT`.
const fs = require('fs');
const path = require('path');
const oniguruma = require('vscode-oniguruma');
const textmate = require('vscode-textmate');

const [grammar, text] = process.argv.slice(2);

async function main() {
    const wasm = path.join(path.dirname(require.resolve('vscode-oniguruma')), 'onig.wasm');
    await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
    const registry = new textmate.Registry({
        onigLib: Promise.resolve({
            createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
            createOnigString: (line) => new oniguruma.OnigString(line),
        }),
        loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(grammar, 'utf8'), grammar),
    });
    const loaded = await registry.loadGrammar('source.quirk');
    let state = textmate.INITIAL;
    fs.readFileSync(text, 'utf8').split('\n').forEach((line, at) => {
        const found = loaded.tokenizeLine(line, state);
        state = found.ruleStack;
        for (const token of found.tokens) {
            const word = line.slice(token.startIndex, token.endIndex).trim();
            const scope = token.scopes.at(-1);
            if (word && scope !== 'source.quirk') {
                console.log(`${at + 1} ${word} ${scope.replace(/\.quirk$/, '')}`);
            }
        }
    });
}

main();
