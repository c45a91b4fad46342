// Steps of the suite return requests that are still being put together. They
// can be waited for, so that cucumber sends each when a step returns it, and the
// suite sends it again when it is whole. What a step returns of that kind is
// kept from cucumber: each request is sent once, whole.
const { setDefinitionFunctionWrapper } = require('@cucumber/cucumber');

const request = (v) => v !== null && typeof v === 'object' && 'toss' in v && 'then' in v;

setDefinitionFunctionWrapper((step) => function once(...args) {
  const out = step.apply(this, args);
  return request(out) ? undefined : out;
});
