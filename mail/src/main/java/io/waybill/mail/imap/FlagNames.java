package io.waybill.mail.imap;

import jakarta.mail.Flags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How IMAP writes the flags that the library has objects for (RFC 3501 2.3.2). */
final class FlagNames {
  private static final List<Map.Entry<Flags.Flag, String>> NAMES =
      List.of(
          Map.entry(Flags.Flag.SEEN, "\\Seen"),
          Map.entry(Flags.Flag.ANSWERED, "\\Answered"),
          Map.entry(Flags.Flag.FLAGGED, "\\Flagged"),
          Map.entry(Flags.Flag.DELETED, "\\Deleted"),
          Map.entry(Flags.Flag.DRAFT, "\\Draft"),
          Map.entry(Flags.Flag.RECENT, "\\Recent"));

  private FlagNames() {}

  /** Returns the names of all that are set, those of IMAP itself first. */
  static List<String> of(Flags flags) {
    List<String> names =
        new ArrayList<>(
            NAMES.stream()
                .filter(each -> flags.contains(each.getKey()))
                .map(Map.Entry::getValue)
                .toList());
    names.addAll(List.of(flags.getUserFlags()));
    return List.copyOf(names);
  }
}
