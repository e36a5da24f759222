package io.waybill.transfer.ftp;

import org.jspecify.annotations.Nullable;

/** One command, to be sent together with others. */
record FtpCommand(String verb, @Nullable String argument) {
  /** Returns what goes out, without the line's end. */
  String line() {
    return argument == null ? verb : verb + " " + argument;
  }
}
