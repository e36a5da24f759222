package io.waybill.transfer.sftp;

import io.waybill.transfer.remote.RefusedByPeerException;
import java.io.Serial;
import java.util.Locale;

/** The server answered with a status, but not the one that was hoped for. */
final class SftpStatusException extends RefusedByPeerException {
  @Serial private static final long serialVersionUID = 1L;
  private static final int SHOWN = 300;

  private final String request;
  private final int code;
  private final boolean diskFull;

  private SftpStatusException(String request, int code, String text, boolean diskFull) {
    super(text, null);
    this.request = request;
    this.code = code;
    this.diskFull = diskFull;
  }

  /** Tells what was answered; {@code text} is the server's own. */
  static SftpStatusException of(String request, int code, String text) {
    String line = text.strip().replaceAll("\\p{Cntrl}+", " ");
    String shown = line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "...";
    return new SftpStatusException(
        request,
        code,
        "%s was answered '%s' (status %d)".formatted(request, shown, code),
        code == Status.NO_SPACE || code == Status.QUOTA_EXCEEDED || saysFull(line));
  }

  private static boolean saysFull(String line) {
    String small = line.toLowerCase(Locale.ROOT);
    return small.contains("no space left")
        || small.contains("disk full")
        || small.contains("quota exceeded");
  }

  /** Returns the same, known to be for want of room. */
  SftpStatusException becauseFull() {
    return new SftpStatusException(
        request, code, getMessage() + "; the file system there has no room left", true);
  }

  String request() {
    return request;
  }

  int code() {
    return code;
  }

  boolean isDiskFull() {
    return diskFull;
  }

  boolean isMissing() {
    return code == Status.NO_SUCH_FILE || code == Status.NO_SUCH_PATH;
  }
}
