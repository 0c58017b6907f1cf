// What eslint looks for in the VS Code extension, the page of the worlds and the tests of the real editor.
import path from "node:path";
import tseslint from "typescript-eslint";

const root = path.join(import.meta.dirname, "../..");

/** Numbers are what templates are full of; promises are left alone by `void`, also in a function's short form. */
const COMMON = {
    "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
    "@typescript-eslint/no-meaningless-void-operator": "off",
    "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    // Index signatures are read with brackets, as tsconfig.json wants it.
    "@typescript-eslint/dot-notation": "off",
    eqeqeq: "error",
};

export default tseslint.config(
    {
        files: ["editors/world/src/**/*.{ts,tsx}"],
        extends: [tseslint.configs.strictTypeChecked],
        languageOptions: { parserOptions: { project: "editors/world/tsconfig.json", tsconfigRootDir: root } },
        rules: {
            ...COMMON,
            // A host's answers are given the types of the protocol where they come in.
            "@typescript-eslint/no-unnecessary-type-parameters": "off",
        },
    },
    {
        files: ["editors/vscode/src/*.ts"],
        extends: [tseslint.configs.strictTypeChecked],
        languageOptions: { parserOptions: { project: "editors/vscode/tsconfig.json", tsconfigRootDir: root } },
        rules: {
            ...COMMON,
            // `String(answer)` of what the server answers is text whatever it is.
            "@typescript-eslint/no-base-to-string": "off",
            // VS Code's `Disposable` is a class that is implemented as an interface everywhere.
            "@typescript-eslint/no-unsafe-class-instance-assignment": "off",
        },
    },
    {
        files: ["tests/vscode/*.js", "tests/dap/*.js", "editors/vscode/test/*.ts", "editors/world/test/*.ts"],
        extends: [tseslint.configs.recommended],
        rules: {
            "@typescript-eslint/no-require-imports": "off",
            "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            eqeqeq: "error",
        },
    },
);
