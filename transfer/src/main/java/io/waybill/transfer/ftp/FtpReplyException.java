package io.waybill.transfer.ftp;

import io.waybill.transfer.remote.RefusedByPeerException;
import java.io.Serial;
import org.apache.commons.net.ftp.FTPReply;

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

  private FtpReplyException(String message, String verb) {
    super(message, null);
    this.verb = verb;
    this.code = FTPReply.FILE_UNAVAILABLE;
  }

  /** Says that there is no such directory, where LIST said that it is empty. */
  static FtpReplyException missing(String directory) {
    return new FtpReplyException(
        "The server lists nothing in '%s', and does not let it be entered"
            .formatted(shown(directory)),
        "LIST");
  }

  /** Says that a directory cannot be read, where LIST showed something else. */
  static FtpReplyException unreadable(String directory) {
    // as if CWD had been refused: LIST would mean that it is not there
    return new FtpReplyException(
        "The server does not let '%s' be read as a directory: what it listed is something else"
            .formatted(shown(directory)),
        "CWD");
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
