package io.waybill.testkit;

import java.util.List;

/**
 * The commands that came with one read from the network, so the proof of PIPELINING (RFC 2920).
 *
 * @param connection the number of the connection, from 1
 * @param bytes how many bytes were read
 * @param commands the lines that this read completed; the end of a message's content is a {@code
 *     "."}
 */
public record SmtpBatch(int connection, int bytes, List<String> commands) {
  /** Copies the lines. */
  public SmtpBatch {
    commands = List.copyOf(commands);
  }
}
