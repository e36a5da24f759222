package io.waybill.transfer.sftp;

/**
 * Status codes: 0 to 8 of version 3 (draft-ietf-secsh-filexfer-02 7), the others of later drafts,
 * which some servers send all the same.
 */
final class Status {
  static final int OK = 0;
  static final int EOF = 1;
  static final int NO_SUCH_FILE = 2;
  static final int PERMISSION_DENIED = 3;
  static final int FAILURE = 4;
  static final int OP_UNSUPPORTED = 8;
  static final int NO_SUCH_PATH = 10;
  static final int WRITE_PROTECT = 12;
  static final int NO_SPACE = 14;
  static final int QUOTA_EXCEEDED = 15;

  private Status() {}
}
