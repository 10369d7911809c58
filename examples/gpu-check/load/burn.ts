/** A kernel that multiplies and adds for as many rounds as it is told, and writes one number. */
export const BURN = `.version 6.0
.target sm_50
.address_size 64

.visible .entry burn(.param .u64 output, .param .u32 rounds)
{
  .reg .pred %more;
  .reg .f32 %value, %factor;
  .reg .b32 %left, %thread, %block, %size, %index;
  .reg .b64 %base, %offset, %target;

  ld.param.u64 %base, [output];
  ld.param.u32 %left, [rounds];
  mov.u32 %thread, %tid.x;
  mov.u32 %block, %ctaid.x;
  mov.u32 %size, %ntid.x;
  mad.lo.u32 %index, %block, %size, %thread;
  mov.f32 %value, 0f3F800000;
  mov.f32 %factor, 0f3F7FFFFF;

$again_round:
  fma.rn.f32 %value, %value, %factor, %factor;
  sub.u32 %left, %left, 1;
  setp.ne.u32 %more, %left, 0;
  @%more bra $again_round;

  cvta.to.global.u64 %target, %base;
  mul.wide.u32 %offset, %index, 4;
  add.u64 %target, %target, %offset;
  st.global.f32 [%target], %value;
  ret;
}
`;
