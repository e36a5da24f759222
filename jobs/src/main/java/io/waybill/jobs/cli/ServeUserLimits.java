package io.waybill.jobs.cli;

import io.waybill.jobs.JobException;
import io.waybill.transfer.tcp.server.Permission;
import io.waybill.transfer.tcp.server.ServerUser;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a user may do; of a user who is there, what is not given stays. */
final class ServeUserLimits {
  @Option(
      names = "--root",
      paramLabel = "DIR",
      description = "What the user sees, below the served directory; all of it if not given.")
  private @Nullable String root;

  @Option(
      names = "--permissions",
      paramLabel = "LIST",
      description = "What the user may do: read,write,list,delete; all if not given.")
  private @Nullable String permissions;

  @Option(names = "--read-only", description = "The same as --permissions read,list.")
  private boolean readOnly;

  @Option(
      names = "--quota",
      paramLabel = "SIZE",
      description = "The most bytes below the user's directory: 10GiB; no quota if not given.")
  private @Nullable String quota;

  @Option(
      names = "--from",
      paramLabel = "CIDRS",
      description = "Where the user may log in from: 10.0.0.0/8,::1; anywhere if not given.")
  private @Nullable String from;

  /**
   * Returns the user with what was given.
   *
   * @throws JobException.Configuration if it cannot be
   */
  ServerUser of(ServerUser before) {
    if (readOnly && permissions != null) {
      throw new JobException.Configuration("--read-only and --permissions exclude each other");
    }
    ServerUser.Builder user = before.toBuilder();
    try {
      if (root != null) {
        requireInside(root);
        user.root(root);
      }
      if (readOnly) {
        user.permissions(EnumSet.of(Permission.READ, Permission.LIST));
      } else if (permissions != null) {
        user.permissions(parsed(permissions));
      }
    } catch (IllegalArgumentException e) {
      throw new JobException.Configuration("the user cannot be made: " + e.getMessage(), e);
    }
    if (quota != null) {
      user.quotaBytes(CopyOptions.bytes("--quota", quota));
    }
    if (from != null) {
      try {
        user.from(ServeOptions.addresses("--from", from));
      } catch (IllegalArgumentException e) {
        throw new JobException.Configuration("--from: " + e.getMessage(), e);
      }
    }
    return user.build();
  }

  // a server would bar the user for it
  private static void requireInside(String root) {
    for (String segment : root.split("/", -1)) {
      if (root.startsWith("/") || segment.equals("..")) {
        throw new JobException.Configuration(
            "--root is a directory below the one that is served, such as in/acme; \"%s\" leads out of it"
                .formatted(Output.printable(root)));
      }
    }
  }

  private static Set<Permission> parsed(String text) {
    Set<Permission> all = EnumSet.noneOf(Permission.class);
    for (String each : text.split(",", -1)) {
      all.add(Permission.parse(each.strip()));
    }
    return all;
  }
}
