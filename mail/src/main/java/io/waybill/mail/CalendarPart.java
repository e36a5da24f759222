package io.waybill.mail;

import java.util.Locale;
import java.util.Set;

/**
 * Holds an invitation or an answer to one (iTIP, RFC 5546), which travels beside the text so that
 * mail programs offer to accept it (RFC 6047).
 *
 * @param ics the iCalendar object with its {@code METHOD} line
 * @param method the same method in upper case, for instance {@code REQUEST}
 */
public record CalendarPart(String ics, String method) {
  private static final Set<String> METHODS =
      Set.of(
          "PUBLISH", "REQUEST", "REPLY", "ADD", "CANCEL", "REFRESH", "COUNTER", "DECLINECOUNTER");

  /**
   * Checks that both say the same.
   *
   * @throws MailException.InvalidMessage if the method is none of RFC 5546, or the calendar is not
   *     one with exactly this method
   */
  public CalendarPart {
    FieldText.requireOnly(
        "calendar method", method, FieldText::isAlphanumeric, "holds what is no letter");
    FieldText.requireBody("calendar", ics);
    method = method.toUpperCase(Locale.ROOT);
    if (!METHODS.contains(method)) {
      throw new MailException.InvalidMessage("calendar method", -1, "is none of RFC 5546");
    }
    if (!ics.stripLeading().toUpperCase(Locale.ROOT).startsWith("BEGIN:VCALENDAR")) {
      throw new MailException.InvalidMessage("calendar", -1, "does not begin as one");
    }
    String found = methodOf(ics);
    if (!found.equals(method)) {
      throw new MailException.InvalidMessage(
          "calendar", -1, "has " + (found.isEmpty() ? "no METHOD" : "another METHOD") + " line");
    }
  }

  /**
   * Returns the part of a calendar, with the method that it names itself.
   *
   * @throws MailException.InvalidMessage if it names none, or is no calendar
   */
  public static CalendarPart of(String ics) {
    String method = methodOf(ics);
    if (method.isEmpty()) {
      throw new MailException.InvalidMessage("calendar", -1, "has no METHOD line");
    }
    return new CalendarPart(ics, method);
  }

  /** Returns what the METHOD line says, empty if there is none; components hold no such line. */
  private static String methodOf(String ics) {
    return ics.lines()
        .filter(line -> line.regionMatches(true, 0, "METHOD", 0, 6))
        .filter(line -> line.startsWith(":", 6) || line.startsWith(";", 6))
        .map(line -> line.substring(line.indexOf(':') + 1).strip().toUpperCase(Locale.ROOT))
        .findFirst()
        .orElse("");
  }
}
