package io.waybill.jobs.cli;

import java.util.Map;

/**
 * Names the options of the command line behind what the transfer's own messages advise, which know
 * of none. A test holds these phrases against the messages.
 */
final class Hints {
  static final Map<String, String> OPTIONS =
      Map.of(
          "or accept new keys at the first connection",
          "--accept-new, --pin SHA256:..., --known-hosts FILE",
          "trust its authority (a PEM file)",
          "--ca FILE, --pin sha-256:...",
          "trust the authority that issued it",
          "--ca FILE",
          "allow an empty source and say how many files may be deleted",
          "--allow-empty-source, --max-delete N",
          "if that is right, allow ",
          "--max-delete N",
          "or allow a login in the clear",
          "--plaintext");

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
