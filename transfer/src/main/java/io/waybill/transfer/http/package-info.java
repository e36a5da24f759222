/**
 * Files over HTTP (RFC 9110, 9112): read with ranges, checked against what the server tells of
 * them, listed from index pages, and stored by PUT, with WebDAV's MOVE (RFC 4918) where there is
 * one.
 */
@NullMarked
package io.waybill.transfer.http;

import org.jspecify.annotations.NullMarked;
