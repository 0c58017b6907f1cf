/** The buttons that move through the run, the slider, the speed. */
import type { Model } from "../model";
import { SPEEDS } from "../player";
import type { State } from "../state";
import { number } from "../words";
import { Icon, type IconName } from "./icons";

interface Props {
    model: Model;
    state: State;
}

interface ButtonProps {
    icon: IconName;
    /** What it does; the tooltip adds the key. */
    label: string;
    keys: string;
    onClick: () => void;
    disabled?: boolean;
    primary?: boolean;
}

function Button({ icon, label, keys, onClick, disabled = false, primary = false }: ButtonProps) {
    return (
        <button
            type="button"
            class={primary ? "primary" : ""}
            aria-label={label}
            title={`${label} (${keys})`}
            // A button that goes away under the focus would lose it.
            aria-disabled={disabled}
            onClick={() => {
                if (!disabled) {
                    onClick();
                }
            }}
        >
            <Icon name={icon} />
        </button>
    );
}

export function Controls({ model, state: { pages, frame, playing, seeking, speed } }: Props) {
    const length = pages?.length ?? 0;
    const at = seeking ?? frame?.at ?? 0;
    const start = frame === undefined || at === 0;
    const end = frame === undefined || at === length;
    const place = Math.max(0, SPEEDS.indexOf(speed));
    const spoken = at === length ? `End, after step ${length}` : `Before step ${at + 1} of ${length}`;
    const pace = `${number(speed)} ${speed === 1 ? "step" : "steps"} a second`;
    return (
        <div class="controls" role="group" aria-label="Run">
            <input
                type="range"
                class="steps"
                min={0}
                max={length}
                value={at}
                disabled={length === 0}
                aria-label="Step"
                aria-valuetext={spoken}
                onInput={(event) => model.player.seek(Number(event.currentTarget.value))}
            />
            <div class="buttons">
                <Button icon="first" label="Start" keys="Home" disabled={start} onClick={() => model.player.seek(0)} />
                <Button
                    icon="backOut"
                    label="Step back out of the procedure"
                    keys="Shift+O"
                    disabled={start}
                    onClick={() => void model.player.stride("backOut")}
                />
                <Button
                    icon="backOver"
                    label="Step back over calls"
                    keys="Shift+←"
                    disabled={start}
                    onClick={() => void model.player.stride("backOver")}
                />
                <Button
                    icon="back"
                    label="Step back"
                    keys="←"
                    disabled={start}
                    onClick={() => void model.player.stride("back")}
                />
                <Button
                    icon={playing ? "pause" : "play"}
                    label={playing ? "Pause" : "Play"}
                    keys="Space"
                    disabled={length === 0}
                    primary
                    onClick={() => model.player.toggle()}
                />
                <Button icon="in" label="Step" keys="→" disabled={end} onClick={() => void model.player.stride("in")} />
                <Button
                    icon="over"
                    label="Step over calls"
                    keys="Shift+→"
                    disabled={end}
                    onClick={() => void model.player.stride("over")}
                />
                <Button
                    icon="out"
                    label="Step out of the procedure"
                    keys="O"
                    disabled={end}
                    onClick={() => void model.player.stride("out")}
                />
                <Button icon="last" label="End" keys="End" disabled={end} onClick={() => model.player.seek(length)} />
                <output class="count" aria-hidden="true">
                    {number(at)} / {number(length)}
                </output>
                <label class="speed">
                    <span>Speed</span>
                    <input
                        type="range"
                        min={0}
                        max={SPEEDS.length - 1}
                        value={place}
                        aria-valuetext={pace}
                        onInput={(event) => model.player.setSpeed(SPEEDS[Number(event.currentTarget.value)] ?? speed)}
                    />
                    <span aria-hidden="true">{number(speed)}/s</span>
                </label>
            </div>
        </div>
    );
}
