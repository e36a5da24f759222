package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.access.CidrList;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The last column of a users file: {@code permissions=read,list quota=10GiB from=10.0.0.0/8,::1}.
 */
final class UserOptions {
  private UserOptions() {}

  /**
   * Reads options into the description of a user.
   *
   * @throws IllegalArgumentException if one is not known, given twice or has a wrong value
   */
  static void parse(String text, ServerUser.Builder user) {
    Set<String> seen = new HashSet<>();
    for (String option : text.strip().split(" +", -1)) {
      if (option.isEmpty()) {
        continue;
      }
      int equals = option.indexOf('=');
      String name = equals < 0 ? option : option.substring(0, equals);
      String value = option.substring(equals + 1);
      if (!seen.add(name)) {
        throw new IllegalArgumentException("option '" + name + "' is given twice");
      }
      if (equals < 0 || value.isEmpty()) {
        throw new IllegalArgumentException("option '" + name + "' needs a value");
      }
      switch (name) {
        case "permissions" -> user.permissions(permissions(value));
        case "quota" -> user.quotaBytes(ByteSize.parse(value));
        case "from" -> user.from(CidrList.parse(value));
        default ->
            throw new IllegalArgumentException(
                "there is no option '" + name + "'; there are permissions, quota and from");
      }
    }
  }

  private static Set<Permission> permissions(String value) {
    Set<Permission> permissions = EnumSet.noneOf(Permission.class);
    for (String each : value.split(",", -1)) {
      permissions.add(Permission.parse(each));
    }
    return permissions;
  }

  /** Writes what differs from the defaults; empty if nothing does. */
  static String format(ServerUser user) {
    List<String> options = new ArrayList<>();
    if (user.permissions().size() < Permission.values().length) {
      options.add(
          "permissions="
              + String.join(",", user.permissions().stream().map(Permission::label).toList()));
    }
    user.quotaBytes().ifPresent(bytes -> options.add("quota=" + ByteSize.format(bytes)));
    if (!user.from().equals(CidrList.parse("*"))) {
      options.add("from=" + user.from().toString().replace(" ", ""));
    }
    return String.join(" ", options);
  }
}
