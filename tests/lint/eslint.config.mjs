// What eslint looks for in the VS Code extension and the tests of the real editor.
import path from "node:path";
import tseslint from "typescript-eslint";

const root = path.join(import.meta.dirname, "../..");

export default tseslint.config(
    {
        files: ["editors/vscode/src/*.ts"],
        extends: [tseslint.configs.strictTypeChecked],
        languageOptions: { parserOptions: { project: "editors/vscode/tsconfig.json", tsconfigRootDir: root } },
        rules: {
            // Numbers are what templates are full of.
            "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
            // `String(answer)` of what the server answers is text whatever it is.
            "@typescript-eslint/no-base-to-string": "off",
            // `undefined` is told from a promise that nobody waits for by `void`.
            "@typescript-eslint/no-meaningless-void-operator": "off",
            "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
            // VS Code's `Disposable` is a class that is implemented as an interface everywhere.
            "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
            // Index signatures are read with brackets, as tsconfig.json wants it.
            "@typescript-eslint/dot-notation": "off",
            eqeqeq: "error",
        },
    },
    {
        files: ["tests/vscode/*.js", "editors/vscode/test/*.ts"],
        extends: [tseslint.configs.recommended],
        rules: {
            "@typescript-eslint/no-require-imports": "off",
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            eqeqeq: "error",
        },
    },
);
