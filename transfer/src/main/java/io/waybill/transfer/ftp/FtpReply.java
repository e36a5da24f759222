package io.waybill.transfer.ftp;

import java.util.List;
import org.apache.commons.net.ftp.FTPReply;

/**
 * What a server said to one command.
 *
 * @param lines with their codes; at least one
 */
record FtpReply(String verb, int code, List<String> lines) {
  private static final int SPOKEN_CODE_LENGTH = 4;

  boolean isCompletion() {
    return FTPReply.isPositiveCompletion(code);
  }

  boolean isIntermediate() {
    return FTPReply.isPositiveIntermediate(code);
  }

  /**
   * Says whether this can be the answer to its command at all, and not one to another: only a few
   * commands are half-way done ever, and SIZE, EPSV and RNFR have one success each (RFC 3659 4.1,
   * RFC 2428 3, RFC 959 5.4).
   */
  boolean isPlausible() {
    return switch (verb) {
      case "SIZE" -> !isIntermediate() && (!isCompletion() || code == FTPReply.FILE_STATUS);
      case "EPSV" -> !isIntermediate() && (!isCompletion() || code == FTPReply.ENTERING_EPSV_MODE);
      case "RNFR" -> !isCompletion();
      case "RNTO", "DELE", "MKD", "RMD", "MLST", "MDTM", "MFMT", "CWD", "NOOP" -> !isIntermediate();
      default -> true;
    };
  }

  /** Returns what stands behind the code in the first line. */
  String argument() {
    String line = lines.get(0);
    return line.length() > SPOKEN_CODE_LENGTH ? line.substring(SPOKEN_CODE_LENGTH).strip() : "";
  }

  /** Returns itself if the command was done. */
  FtpReply requireCompletion() throws FtpReplyException {
    if (!isCompletion()) {
      throw failed();
    }
    return this;
  }

  FtpReplyException failed() {
    return new FtpReplyException(verb, code, String.join("\r\n", lines));
  }
}
