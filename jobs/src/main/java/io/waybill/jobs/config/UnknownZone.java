package io.waybill.jobs.config;

import io.waybill.jobs.expression.NearestName;
import java.time.ZoneId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What somebody probably meant by a name that is none of an IANA zone. */
public final class UnknownZone {
  // EST is also what Panama has all the year round: who means a place has to name it
  static final Map<String, List<String>> SHORT =
      Map.ofEntries(
          Map.entry("ACST", List.of("Australia/Adelaide", "Australia/Darwin")),
          Map.entry("AEDT", List.of("Australia/Sydney", "Australia/Melbourne")),
          Map.entry("AEST", List.of("Australia/Sydney", "Australia/Brisbane")),
          Map.entry("AKST", List.of("America/Anchorage")),
          Map.entry("AST", List.of("America/Halifax", "America/Puerto_Rico", "Asia/Riyadh")),
          Map.entry("AWST", List.of("Australia/Perth")),
          Map.entry("BRT", List.of("America/Sao_Paulo")),
          Map.entry("BST", List.of("Europe/London", "Asia/Dhaka")),
          Map.entry("CAT", List.of("Africa/Harare", "Africa/Maputo")),
          Map.entry("CDT", List.of("America/Chicago", "America/Havana")),
          Map.entry("CEST", List.of("Europe/Paris", "Europe/Berlin", "Europe/Rome")),
          Map.entry("CST", List.of("America/Chicago", "America/Mexico_City", "Asia/Shanghai")),
          Map.entry("EAT", List.of("Africa/Nairobi")),
          Map.entry("EDT", List.of("America/New_York", "America/Toronto")),
          Map.entry("EEST", List.of("Europe/Athens", "Europe/Helsinki", "Africa/Cairo")),
          Map.entry("EST", List.of("America/New_York", "America/Toronto", "America/Panama")),
          Map.entry("GST", List.of("Asia/Dubai")),
          Map.entry("HKT", List.of("Asia/Hong_Kong")),
          Map.entry("HST", List.of("Pacific/Honolulu")),
          Map.entry("IST", List.of("Asia/Kolkata", "Asia/Jerusalem", "Europe/Dublin")),
          Map.entry("JST", List.of("Asia/Tokyo")),
          Map.entry("KST", List.of("Asia/Seoul")),
          Map.entry("MDT", List.of("America/Denver")),
          Map.entry("MSK", List.of("Europe/Moscow")),
          Map.entry("MST", List.of("America/Denver", "America/Phoenix")),
          Map.entry("NST", List.of("America/St_Johns")),
          Map.entry("NZDT", List.of("Pacific/Auckland")),
          Map.entry("NZST", List.of("Pacific/Auckland")),
          Map.entry("PDT", List.of("America/Los_Angeles", "America/Vancouver")),
          Map.entry("PKT", List.of("Asia/Karachi")),
          Map.entry("PST", List.of("America/Los_Angeles", "America/Vancouver", "Asia/Manila")),
          Map.entry("SAST", List.of("Africa/Johannesburg")),
          Map.entry("SGT", List.of("Asia/Singapore")),
          Map.entry("WAT", List.of("Africa/Lagos")),
          Map.entry("WEST", List.of("Europe/Lisbon")),
          Map.entry("WIB", List.of("Asia/Jakarta")));

  private UnknownZone() {}

  /** Returns what to write instead, to stand behind a semicolon. */
  public static String advice(String name) {
    List<String> places = SHORT.get(name.toUpperCase(Locale.ROOT));
    return places == null
        ? "write one such as Europe/Paris or UTC"
        : "short names stand for several places, and not for their summer time; write "
            + String.join(" or ", places);
  }

  /** Returns the zone whose name is written nearly so; empty for a short name, which is no slip. */
  public static Optional<String> nearest(String name) {
    return SHORT.containsKey(name.toUpperCase(Locale.ROOT))
        ? Optional.empty()
        : NearestName.of(name, ZoneId.getAvailableZoneIds().stream().sorted().toList());
  }
}
