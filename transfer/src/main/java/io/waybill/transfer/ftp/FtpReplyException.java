package io.waybill.transfer.ftp;

import io.waybill.transfer.remote.RefusedByPeerException;
import java.io.Serial;

/** The server answered, but not what was hoped for. */
final class FtpReplyException extends RefusedByPeerException {
  @Serial private static final long serialVersionUID = 1L;
  private static final int SHOWN = 300;

  private final String verb;
  private final int code;

  FtpReplyException(String verb, int code, String reply) {
    super("%s was answered '%s'".formatted(verb, shown(reply)), null);
    this.verb = verb;
    this.code = code;
  }

  static String shown(String reply) {
    String line = reply.strip().replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
  }

  String verb() {
    return verb;
  }

  int code() {
    return code;
  }
}
