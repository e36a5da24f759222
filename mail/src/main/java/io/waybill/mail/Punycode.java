package io.waybill.mail;

/** Writes Unicode with letters, digits and hyphens (RFC 3492). */
final class Punycode {
  private static final int BASE = 36;
  private static final int FIRST_THRESHOLD = 1;
  private static final int LAST_THRESHOLD = 26;
  private static final int SKEW = 38;
  private static final int DAMP = 700;
  private static final int INITIAL_BIAS = 72;
  private static final int INITIAL_POINT = 0x80;

  private Punycode() {}

  /** Returns the label without the {@code xn--} in front; it holds at most a few hundred chars. */
  static String encode(String label) {
    int[] points = label.codePoints().toArray();
    StringBuilder out = new StringBuilder();
    for (int point : points) {
      if (point < INITIAL_POINT) {
        out.append((char) point);
      }
    }
    int basic = out.length();
    if (basic > 0) {
      out.append('-');
    }
    int handled = basic;
    int next = INITIAL_POINT;
    int delta = 0;
    int bias = INITIAL_BIAS;
    while (handled < points.length) {
      int smallest = smallestFrom(next, points);
      delta = Math.addExact(delta, Math.multiplyExact(smallest - next, handled + 1));
      next = smallest;
      for (int point : points) {
        if (point < next) {
          delta++;
        } else if (point == next) {
          appendNumber(delta, bias, out);
          bias = adapt(delta, handled + 1, handled == basic);
          delta = 0;
          handled++;
        }
      }
      delta++;
      next++;
    }
    return out.toString();
  }

  private static int smallestFrom(int least, int[] points) {
    int smallest = Integer.MAX_VALUE;
    for (int point : points) {
      if (point >= least && point < smallest) {
        smallest = point;
      }
    }
    return smallest;
  }

  private static void appendNumber(int number, int bias, StringBuilder out) {
    int rest = number;
    for (int k = BASE; ; k += BASE) {
      int threshold = Math.max(FIRST_THRESHOLD, Math.min(LAST_THRESHOLD, k - bias));
      if (rest < threshold) {
        out.append(digit(rest));
        return;
      }
      out.append(digit(threshold + (rest - threshold) % (BASE - threshold)));
      rest = (rest - threshold) / (BASE - threshold);
    }
  }

  private static char digit(int value) {
    return (char) (value < 26 ? 'a' + value : '0' + value - 26);
  }

  private static int adapt(int delta, int points, boolean first) {
    int scaled = first ? delta / DAMP : delta / 2;
    scaled += scaled / points;
    int k = 0;
    for (; scaled > (BASE - FIRST_THRESHOLD) * LAST_THRESHOLD / 2; k += BASE) {
      scaled /= BASE - FIRST_THRESHOLD;
    }
    return k + (BASE - FIRST_THRESHOLD + 1) * scaled / (scaled + SKEW);
  }
}
