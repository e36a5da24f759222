package io.waybill.mail.mime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Makes much of few bytes: <code>{1000:text}</code> stands for a thousand texts, and {@code #} in
 * them for the number of each. All else stands for itself.
 */
final class Repetition {
  private static final int DEEPEST = 3;
  private static final int MOST_DIGITS = 6;

  private final byte[] template;
  private final int mostBytes;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private int roundsLeft; // some write nothing

  private Repetition(byte[] template, int mostBytes) {
    this.template = template;
    this.mostBytes = mostBytes;
    this.roundsLeft = mostBytes;
  }

  static byte[] expand(byte[] template, int mostBytes) {
    Repetition repetition = new Repetition(template, mostBytes);
    repetition.text(0, 0, 0);
    byte[] all = repetition.out.toByteArray();
    return all.length <= mostBytes ? all : Arrays.copyOf(all, mostBytes);
  }

  /** Writes up to the brace that ends it; returns where that is. */
  private int text(int begin, int depth, int number) {
    int at = begin;
    while (at < template.length && (depth == 0 || template[at] != '}')) {
      int colon = depth < DEEPEST ? colon(at) : -1;
      if (colon > 0) {
        int count = Integer.parseInt(new String(template, at + 1, colon - at - 1, US_ASCII));
        int end = colon;
        for (int i = 0; i < count && out.size() < mostBytes && roundsLeft-- > 0; i++) {
          end = text(colon + 1, depth + 1, i);
        }
        at = end + 1;
      } else if (template[at] == '#' && depth > 0) {
        out.writeBytes(String.valueOf(number).getBytes(US_ASCII));
        at++;
      } else {
        out.write(template[at++]);
      }
    }
    return at;
  }

  /** Returns where the colon behind a brace and a number is, or -1. */
  private int colon(int brace) {
    int at = brace + 1;
    while (at < template.length && template[at] >= '0' && template[at] <= '9') {
      at++;
    }
    boolean isCount =
        template[brace] == '{'
            && at > brace + 1
            && at <= brace + 1 + MOST_DIGITS
            && at < template.length
            && template[at] == ':';
    return isCount ? at : -1;
  }
}
