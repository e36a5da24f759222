package io.waybill.transfer.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which bytes of how many are sent (RFC 9110 14.4).
 *
 * @param first the first one's offset, -1 if none is sent
 * @param last the last one's offset, -1 if none is sent
 * @param size of the whole file
 */
record ContentRange(long first, long last, long size) {
  private static final Pattern SENT = Pattern.compile("(?i:bytes) (\\d+)-(\\d+)/(\\d+)");
  private static final Pattern UNSATISFIED = Pattern.compile("(?i:bytes) \\*/(\\d+)");

  /**
   * Reads the header of a 206 or 416.
   *
   * @throws HttpProtocolException if it is no such range, is not within the file, or does not tell
   *     its size
   */
  static ContentRange parse(String header) throws HttpProtocolException {
    Matcher sent = SENT.matcher(header.strip());
    if (sent.matches()) {
      long first = number(sent.group(1));
      long last = number(sent.group(2));
      long size = number(sent.group(3));
      if (first <= last && last < size) {
        return new ContentRange(first, last, size);
      }
    }
    Matcher none = UNSATISFIED.matcher(header.strip());
    if (none.matches()) {
      return new ContentRange(-1, -1, number(none.group(1)));
    }
    String clean = header.replaceAll("\\p{Cntrl}", "?");
    throw new HttpProtocolException(
        "A Content-Range of '%s'"
            .formatted(clean.length() <= 80 ? clean : clean.substring(0, 80) + "..."));
  }

  private static long number(String digits) throws HttpProtocolException {
    return Reply.number("Content-Range", digits);
  }
}
