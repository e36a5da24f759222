package io.waybill.transfer.sftp;

/** Packet types and flags (draft-ietf-secsh-filexfer-02 3, 5, 6.3). */
final class Fxp {
  static final int INIT = 1;
  static final int VERSION = 2;
  static final int OPEN = 3;
  static final int CLOSE = 4;
  static final int READ = 5;
  static final int WRITE = 6;
  static final int SETSTAT = 9;
  static final int OPENDIR = 11;
  static final int READDIR = 12;
  static final int REMOVE = 13;
  static final int MKDIR = 14;
  static final int RMDIR = 15;
  static final int REALPATH = 16;
  static final int STAT = 17;
  static final int RENAME = 18;
  static final int STATUS = 101;
  static final int HANDLE = 102;
  static final int DATA = 103;
  static final int NAME = 104;
  static final int ATTRS = 105;
  static final int EXTENDED = 200;
  static final int EXTENDED_REPLY = 201;

  static final int FLAG_READ = 0x01;
  static final int FLAG_WRITE = 0x02;
  static final int FLAG_CREATE = 0x08;
  static final int FLAG_TRUNCATE = 0x10;

  private Fxp() {}

  /** Returns what people call a request. */
  static String name(int type) {
    return switch (type) {
      case INIT -> "INIT";
      case OPEN -> "OPEN";
      case CLOSE -> "CLOSE";
      case READ -> "READ";
      case WRITE -> "WRITE";
      case SETSTAT -> "SETSTAT";
      case OPENDIR -> "OPENDIR";
      case READDIR -> "READDIR";
      case REMOVE -> "REMOVE";
      case MKDIR -> "MKDIR";
      case RMDIR -> "RMDIR";
      case REALPATH -> "REALPATH";
      case STAT -> "STAT";
      case RENAME -> "RENAME";
      default -> "request " + type;
    };
  }
}
