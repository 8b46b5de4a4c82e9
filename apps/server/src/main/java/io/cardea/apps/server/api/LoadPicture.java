package io.cardea.apps.server.api;

import io.cardea.life.rotation.calendar.Calendar;
import io.cardea.life.rotation.calendar.LoadCurve;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/// The load of the next ninety days as SVG: a line for what would come, an area for what is
/// planned.
final class LoadPicture {
  private static final int WIDTH = 1_080;
  private static final int HEIGHT = 320;
  private static final int LEFT = 70;
  private static final int BOTTOM = 40;
  private static final int TOP = 30;
  private static final int DAYS_APART = 10;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM", Locale.ROOT).withZone(ZoneOffset.UTC);

  private LoadPicture() {}

  static String of(Calendar calendar) {
    List<LoadCurve.Hour> hours = calendar.curve().list();
    int most =
        Math.max(
            1,
            hours.stream()
                .mapToInt(hour -> Math.max(hour.natural(), hour.planned()))
                .max()
                .orElse(1));
    StringBuilder svg = new StringBuilder(64_000);
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img" font-family="sans-serif" \
        font-size="11"><title>Renewals per hour, next 90 days</title>
        <rect width="100%%" height="100%%" fill="#fff"/>
        """
            .formatted(WIDTH, HEIGHT));
    grid(svg, hours, most);
    svg.append("<path fill=\"#9cc5e8\" d=\"M").append(LEFT).append(' ').append(HEIGHT - BOTTOM);
    line(svg, hours, most, LoadCurve.Hour::planned);
    svg.append('L').append(x(hours.size(), hours.size())).append(' ').append(HEIGHT - BOTTOM);
    svg.append("Z\"/>\n<path fill=\"none\" stroke=\"#c0392b\" stroke-width=\"1\" d=\"M");
    svg.append(LEFT).append(' ').append(HEIGHT - BOTTOM);
    line(svg, hours, most, LoadCurve.Hour::natural);
    svg.append("\"/>\n");
    text(svg, LEFT, 18, "start", "renewals per hour: planned (area), without a calendar (line)");
    return svg.append("</svg>\n").toString();
  }

  private static void grid(StringBuilder svg, List<LoadCurve.Hour> hours, int most) {
    for (int part = 0; part <= 4; part++) {
      int y = HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * part / 4;
      svg.append("<path stroke=\"#ddd\" d=\"M%d %dH%d\"/>\n".formatted(LEFT, y, WIDTH - 10));
      text(svg, LEFT - 6, y + 4, "end", String.format(Locale.ROOT, "%,d", most * (long) part / 4));
    }
    for (int day = 0; day * 24 < hours.size(); day += DAYS_APART) {
      text(
          svg,
          x(day * 24, hours.size()),
          HEIGHT - BOTTOM + 18,
          "middle",
          DAY.format(hours.get(day * 24).from()));
    }
  }

  private static void text(StringBuilder svg, int x, int y, String anchor, String text) {
    svg.append(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"%s\">%s</text>\n".formatted(x, y, anchor, text));
  }

  private static void line(
      StringBuilder svg, List<LoadCurve.Hour> hours, int most, ToIntFunction<LoadCurve.Hour> of) {
    for (int i = 0; i < hours.size(); i++) {
      long height = (HEIGHT - BOTTOM - TOP) * (long) of.applyAsInt(hours.get(i)) / most;
      svg.append('L').append(x(i, hours.size())).append(' ').append(HEIGHT - BOTTOM - height);
    }
  }

  private static int x(int hour, int of) {
    return LEFT + (of == 0 ? 0 : (WIDTH - 10 - LEFT) * hour / of);
  }
}
