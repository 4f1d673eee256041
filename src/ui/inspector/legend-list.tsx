/** What the shapes mean. */
import { POD_SHAPES } from '../chips/pod-shape';
import { ShapeDrawing } from '../chips/shape-drawing';
import { useText } from '../text/text';

export function LegendList() {
  const text = useText();
  return (
    <ul className="legend">
      {POD_SHAPES.map((shape) => (
        <li key={shape}>
          <span className="list-shape hue-system">
            <ShapeDrawing shape={shape} fill={0.62} />
          </span>
          {text.shape[shape]}
        </li>
      ))}
    </ul>
  );
}
