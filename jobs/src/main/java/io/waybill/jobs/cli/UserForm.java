package io.waybill.jobs.cli;

import io.waybill.transfer.tcp.server.Permission;
import io.waybill.transfer.tcp.server.ServerUser;
import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A user of a server as it is printed: {@code waybill.user/1}, and a line for a person. */
final class UserForm {
  static final String SCHEMA = "waybill.user/1";

  private UserForm() {}

  static Map<String, Object> of(ServerUser user) {
    Map<String, Object> form = new LinkedHashMap<>();
    form.put("name", user.name());
    form.put("root", user.root());
    form.put("permissions", user.permissions().stream().map(Permission::label).toList());
    user.quotaBytes().ifPresent(bytes -> form.put("quota-bytes", bytes));
    form.put("from", user.from().toString());
    return form;
  }

  static void print(List<ServerUser> users, PrintStream out) {
    for (ServerUser user : users) {
      out.printf(
          "%-16s %-12s %-24s %s%s%n",
          user.name(),
          user.root(),
          String.join(",", user.permissions().stream().map(Permission::label).toList()),
          user.quotaBytes().isPresent()
              ? RunPrinter.size(user.quotaBytes().getAsLong())
              : "no quota",
          user.from().toString().equals("*") ? "" : ", from " + user.from());
    }
  }
}
