package io.waybill.mail.mime;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the obsolete names of time zones in a date as offsets (RFC 5322 4.3). */
final class ZoneNames {
  private static final Map<String, String> OFFSETS =
      Map.ofEntries(
          Map.entry("UT", "+0000"),
          Map.entry("UTC", "+0000"),
          Map.entry("GMT", "+0000"),
          Map.entry("EST", "-0500"),
          Map.entry("EDT", "-0400"),
          Map.entry("CST", "-0600"),
          Map.entry("CDT", "-0500"),
          Map.entry("MST", "-0700"),
          Map.entry("MDT", "-0600"),
          Map.entry("PST", "-0800"),
          Map.entry("PDT", "-0700"));

  private static final Pattern ZONE = Pattern.compile("(:\\d\\d)\\s{0,9}([A-Za-z]{1,3})\\b");

  private ZoneNames() {}

  /** Letters of the military mean nothing: their signs were given the wrong way round once. */
  static String toOffset(String date) {
    Matcher zone = ZONE.matcher(date);
    if (!zone.find()) {
      return date;
    }
    String name = zone.group(2).toUpperCase(Locale.ROOT);
    String offset = name.length() == 1 ? "+0000" : OFFSETS.get(name);
    return offset == null
        ? date
        : date.substring(0, zone.end(1)) + " " + offset + date.substring(zone.end());
  }
}
