package io.waybill.transfer.file;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Permission bits as a number, 0 to 0777, and as what Java makes of them. */
final class FileMode {
  private static final String ALL = "rwxrwxrwx";

  private FileMode() {}

  static int of(Set<PosixFilePermission> permissions) {
    int mode = 0;
    for (char each : PosixFilePermissions.toString(permissions).toCharArray()) {
      mode = 2 * mode + (each == '-' ? 0 : 1);
    }
    return mode;
  }

  static Set<PosixFilePermission> permissions(int mode) {
    StringBuilder text = new StringBuilder(ALL);
    for (int i = 0; i < ALL.length(); i++) {
      if ((mode >> (ALL.length() - 1 - i) & 1) == 0) {
        text.setCharAt(i, '-');
      }
    }
    return PosixFilePermissions.fromString(text.toString());
  }
}
