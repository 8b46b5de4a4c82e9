package io.cardea.protocols.edge;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The inner side of one passage.
final class TunnelExit extends ChannelInboundHandlerAdapter {
  private static final Logger log = LoggerFactory.getLogger(TunnelExit.class);

  private final Channel front;

  TunnelExit(Channel front) {
    this.front = front;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    var _ = front.write(message);
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    front.flush();
    if (!front.isWritable()) {
      ctx.channel().config().setAutoRead(false);
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    front.config().setAutoRead(ctx.channel().isWritable());
  }

  /// What was said last still reaches the other end.
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (front.isActive()) {
      front.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    // Whatever broke inside, the passage ends, and the client comes back.
    log.debug("inside of a passage: {}", cause.toString());
    var _ = ctx.close();
  }
}
