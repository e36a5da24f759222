package io.waybill.transfer.tcp.server;

import io.waybill.transfer.tcp.access.CidrList;
import io.waybill.transfer.tcp.login.ScramKey;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a server lets one user do: where, what, how much and from where. Immutable. */
public final class ServerUser {
  private static final CidrList ANYWHERE = CidrList.parse("*");

  private final String name;
  private final String root;
  private final Set<Permission> permissions;
  private final OptionalLong quotaBytes;
  private final CidrList from;

  private ServerUser(Builder builder) {
    this.name = builder.name;
    this.root = builder.root;
    this.permissions = Collections.unmodifiableSet(EnumSet.copyOf(builder.permissions));
    this.quotaBytes = builder.quotaBytes;
    this.from = builder.from;
  }

  /**
   * Starts the description of a user who may do everything below the server's root.
   *
   * @param name printable ASCII, not beginning with {@code #}
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /** Returns the directory the user sees, relative to the server's root. */
  public String root() {
    return root;
  }

  /** Returns what the user may do; not empty. */
  public Set<Permission> permissions() {
    return permissions;
  }

  /** Returns the most bytes there may be below the root for this user to add some. */
  public OptionalLong quotaBytes() {
    return quotaBytes;
  }

  /** Returns the addresses that the user may log in from. */
  public CidrList from() {
    return from;
  }

  /** Returns a builder with all of this. */
  public Builder toBuilder() {
    Builder copy = new Builder(name).root(root).permissions(permissions).from(from);
    copy.quotaBytes = quotaBytes;
    return copy;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ServerUser that
        && name.equals(that.name)
        && root.equals(that.root)
        && permissions.equals(that.permissions)
        && quotaBytes.equals(that.quotaBytes)
        && from.equals(that.from);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, root, permissions, quotaBytes, from);
  }

  @Override
  public String toString() {
    return "ServerUser[" + name + " root=" + root + " " + UserOptions.format(this) + "]";
  }

  /** Describes a user. */
  public static final class Builder {
    private final String name;
    private String root = ".";
    private Set<Permission> permissions = EnumSet.allOf(Permission.class);
    private OptionalLong quotaBytes = OptionalLong.empty();
    private CidrList from = ANYWHERE;

    private Builder(String name) {
      ScramKey.requirePrintable("user name", name);
      if (name.startsWith("#")) {
        throw new IllegalArgumentException("A user name must not start with '#': " + name);
      }
      this.name = name;
    }

    /**
     * Sets the directory the user sees, relative to the server's root; {@code .}, all of it, by
     * default.
     *
     * @throws IllegalArgumentException if it is empty or holds control characters
     */
    public Builder root(String value) {
      if (value.isEmpty() || value.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "A root must not be empty or hold control characters; write . for all of it");
      }
      this.root = value;
      return this;
    }

    /**
     * Sets what the user may do; everything by default.
     *
     * @throws IllegalArgumentException if it is nothing
     */
    public Builder permissions(Set<Permission> value) {
      if (value.isEmpty()) {
        throw new IllegalArgumentException("User " + name + " needs a permission, or removing");
      }
      this.permissions = EnumSet.copyOf(value);
      return this;
    }

    /**
     * Sets the most bytes below the root, unfinished files included; none by default.
     *
     * @throws IllegalArgumentException if it is negative
     */
    public Builder quotaBytes(long value) {
      if (value < 0) {
        throw new IllegalArgumentException("The quota of " + name + " is negative: " + value);
      }
      this.quotaBytes = OptionalLong.of(value);
      return this;
    }

    /**
     * Sets the addresses that the user may log in from; anywhere by default.
     *
     * @throws IllegalArgumentException if there are none
     */
    public Builder from(CidrList value) {
      if (value.blocks().isEmpty()) {
        throw new IllegalArgumentException(
            "User " + name + " could log in from nowhere; write * for anywhere");
      }
      this.from = value;
      return this;
    }

    /** Makes the user. */
    public ServerUser build() {
      return new ServerUser(this);
    }
  }
}
