// Sends a trace for each request that the central rules sample, until it is ended; prints each trace's id.
const xray = require('aws-xray-sdk-core')

xray.enableManualMode()
const request = { host: 'shop.example', httpMethod: 'GET', urlPath: '/pay/now', serviceName: 'checkout' }
setInterval(() => {
  const rule = xray.middleware.sampler.shouldSample(request)
  // Until the rules have come, the SDK's local rules decide, and name none.
  if (typeof rule !== 'string') return
  const segment = new xray.Segment('checkout')
  segment.setMatchedSamplingRule(rule)
  segment.addNewSubsegment('reserve').close()
  segment.close()
  // Datagrams leave a moment later.
  setTimeout(() => console.log(JSON.stringify({ trace: segment.trace_id })), 200)
}, 200)
