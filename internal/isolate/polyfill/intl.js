(function(host){return {}})
