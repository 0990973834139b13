package dev.weir.proxy.loadtest;

import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * A line chart as an SVG element. Colours come from the page's style sheet: each line has a class of its own.
 * Immutable.
 *
 * @param title above it
 * @param unit of the values
 * @param lines what is drawn
 */
record Plot(String title, String unit, List<Line> lines) {

    private static final int WIDTH = 720;
    private static final int HEIGHT = 220;
    private static final int LEFT = 64;
    private static final int RIGHT = 12;
    private static final int TOP = 10;
    private static final int BOTTOM = 24;
    private static final int GRID = 4;

    /**
     * @param name in the legend
     * @param seconds where the points are from left to right
     * @param values how high they are
     */
    record Line(String name, List<Double> seconds, List<Double> values) {}

    /** The figure, with title and legend. */
    String html() {
        double right =
                max(lines.stream().flatMap(line -> line.seconds().stream()).mapToDouble(Double::doubleValue));
        double top = rounded(
                max(lines.stream().flatMap(line -> line.values().stream()).mapToDouble(Double::doubleValue)));
        StringBuilder out = new StringBuilder("<figure><figcaption>")
                .append(Html.escaped(title))
                .append(" <small>")
                .append(Html.escaped(unit))
                .append("</small></figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\">".formatted(WIDTH, HEIGHT));
        grid(right, top, out);
        for (int i = 0; i < lines.size(); i++) {
            out.append("<polyline class=\"line%d\" points=\"%s\"/>".formatted(i, points(lines.get(i), right, top)));
        }
        out.append("</svg>\n<p class=\"legend\">");
        for (int i = 0; i < lines.size(); i++) {
            out.append("<span class=\"line%d\">%s</span> "
                    .formatted(i, Html.escaped(lines.get(i).name())));
        }
        return out.append("</p></figure>\n").toString();
    }

    private static void grid(double right, double top, StringBuilder out) {
        for (int i = 0; i <= GRID; i++) {
            double y = HEIGHT - BOTTOM - (double) (HEIGHT - TOP - BOTTOM) * i / GRID;
            out.append(String.format(
                    Locale.ROOT,
                    "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>",
                    LEFT,
                    WIDTH - RIGHT,
                    y,
                    y));
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%d\" y=\"%.1f\" class=\"y\">%s</text>",
                    LEFT - 6,
                    y + 4,
                    axis(top * i / GRID)));
        }
        for (int i = 0; i <= GRID; i++) {
            double x = LEFT + (double) (WIDTH - LEFT - RIGHT) * i / GRID;
            out.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" class=\"x\">%s s</text>",
                    x,
                    HEIGHT - 6,
                    axis(right * i / GRID)));
        }
    }

    private static String points(Line line, double right, double top) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < line.values().size(); i++) {
            double x = LEFT + (WIDTH - LEFT - RIGHT) * line.seconds().get(i) / right;
            double y = HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * line.values().get(i) / top;
            points.append(String.format(Locale.ROOT, "%.1f,%.1f ", x, y));
        }
        return points.toString().strip();
    }

    private static double max(DoubleStream values) {
        double max = values.max().orElse(0);
        return max > 0 ? max : 1;
    }

    /** The next of 1, 2, 2.5 and 5 times a power of ten. */
    private static double rounded(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 2, 2.5, 5}) {
            if (value <= step * power) {
                return step * power;
            }
        }
        return 10 * power;
    }

    private static String axis(double value) {
        return value >= 10 || value == 0
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%.2g", value);
    }
}
