package io.waybill.jobs.cli;

import java.util.Map;

/**
 * Names the options of the command line behind what the transfer's own messages advise, which know
 * of none. A test holds these phrases against the messages.
 */
final class Hints {
  static final Map<String, String> OPTIONS =
      Map.ofEntries(
          Map.entry(
              "or accept new keys at the first connection",
              "--accept-new, --pin SHA256:..., --known-hosts FILE"),
          Map.entry("trust its authority (a PEM file)", "--ca FILE, --pin sha-256:..."),
          Map.entry("trust the authority that issued it", "--ca FILE"),
          Map.entry(
              "allow an empty source and say how many files may be deleted",
              "--allow-empty-source, --max-delete N"),
          Map.entry("if that is right, allow ", "--max-delete N"),
          Map.entry("or allow a login in the clear", "--plaintext"),
          Map.entry(
              "use a state directory on a disk of this machine, or PostgreSQL",
              "--state DIR; daemon.store of the job file"),
          Map.entry("give another name, or allow it", "--force"),
          Map.entry("allow it, and this one is kept aside", "--force"),
          Map.entry("this file is kept aside then", "waybill db restore FILE --force"),
          Map.entry(
              "open the store at that address from now on",
              "daemon.store of the job file; waybill db check"));

  private Hints() {}

  /** Returns a message with the options that do what it advises, if there are any. */
  static String with(String message) {
    return OPTIONS.entrySet().stream()
        .filter(each -> message.contains(each.getKey()))
        .findFirst()
        .map(each -> message + " (" + each.getValue() + ")")
        .orElse(message);
  }
}
